import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Handlebars from 'handlebars'
import { PlanError } from '../errors.ts'

/** The shipped templates. The path is the same from src/render and from dist/render. */
const BUILT_IN = fileURLToPath(new URL('../../templates/', import.meta.url))

/** Where templates are read from. A file of the same name in a user's directory replaces the shipped one. */
export type TemplateSource = {
  readonly own?: string | null
  /** Helpers for this kind of template. */
  readonly helpers?: Handlebars.HelperDeclareSpec
}

/** The text of a template and its file; null when there is none of this name. */
function readTemplate(
  name: string,
  own: string | null,
): { readonly file: string; readonly text: string } | null {
  const file = [own, BUILT_IN]
    .flatMap((dir) => (dir === null ? [] : [join(dir, name)]))
    .find((path) => existsSync(path))
  return file === undefined ? null : { file, text: readFileSync(file, 'utf8') }
}

/**
 * Fills a template. In `*.md.hbs` (Markdown) and in `export/` the caller's helpers make values safe; in every other template
 * values are escaped as HTML. `partials` names other templates; one that does not exist is empty. Throws PLAN_CONFIG with
 * the file's name when the template asks for data that does not exist.
 */
export function render(
  name: string,
  data: object,
  partials: Readonly<Record<string, string>> = {},
  source: TemplateSource = {},
): string {
  const own = source.own ?? null
  const main = readTemplate(name, own)
  if (!main)
    throw new PlanError('PLAN_CONFIG', `there is no template ${name}`, {
      hint: 'install the package again: its templates are part of it',
    })
  const handlebars = Handlebars.create()
  handlebars.registerHelper({ ...source.helpers })
  for (const [partial, file] of Object.entries(partials))
    handlebars.registerPartial(partial, readTemplate(file, own)?.text ?? '')
  try {
    return handlebars.compile(main.text, { strict: true, noEscape: /^export\/|\.md\.hbs$/.test(name) })(data)
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
    throw new PlanError('PLAN_CONFIG', `the template ${main.file} cannot be filled: ${reason}`, {
      hint: 'correct it, or take it away to use the shipped one',
      cause,
    })
  }
}
