import type { Command } from 'commander'
import { explain, explainCode } from '../../operations/explain.ts'
import type { Shell } from '../io.ts'
import { lazy } from '../lazy.ts'
import { type Connecting, connecting, placeOf, quietly, show } from './shared.ts'

type Options = Connecting & { readonly snapshot?: string; readonly app?: true }

/** No name of a plan has an underscore or a capital letter. */
const isCode = (word: string | undefined): word is string =>
  word !== undefined &&
  /^(plan_\w*|[A-Z][A-Z_]*)$/i.test(word) &&
  (/_/.test(word) || word === word.toUpperCase())

/** `plan explain`: a program in words, or what is behind an error code. */
export const explainCommand = (io: Shell): Command =>
  connecting('explain', 'tell what a plan does and why, step by step, or what is behind an error code')
    .argument('[plan|CODE]', 'name, plan file or compiled folder; or an error code such as PLAN_NULL')
    .option('--snapshot <file>', 'compile offline, from a file that plan snapshot wrote')
    .option('--app', 'what old and new code of the application may do in each phase')
    .action(async (what: string | undefined, options: Options) => {
      const view = await lazy.explain()
      if (isCode(what)) {
        const code = explainCode(what)
        return show(io, options.json, code, () => view.codeText(code, io))
      }
      const { snapshot } = options
      const { plan, story, app } = await explain({ ...placeOf(options), plan: what, snapshot }, quietly(io))
      io.said.plan = plan
      if (options.app) return show(io, options.json, app, () => view.appText(plan, app, io))
      return show(io, options.json, story, () => view.storyText(plan, story, io))
    })
