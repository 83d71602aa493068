import type { Program } from '../../program/program.ts'
import { render, type TemplateSource } from '../templates.ts'
import { markdownHelpers } from './markdown.ts'
import { type View, type ViewOptions, viewOf } from './model.ts'

/**
 * The release checklist as Markdown. `progress` ticks the tool's boxes. The same ledger always gives the same bytes.
 * `own`: a directory whose templates replace the shipped ones.
 */
export function runbook(program: Program, options: ViewOptions & TemplateSource = {}): string {
  const { dialect } = program.engine
  const partials = { preflight: `preflight.${dialect}.md.hbs`, expand: `expand.${dialect}.md.hbs` }
  const view: View = viewOf(program, options)
  const text = render('runbook.md.hbs', view, partials, { ...options, helpers: markdownHelpers })
  // A block that a template leaves out still leaves its empty lines.
  return `${text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`
}
