/** Each project loads its own copy of a setup file. This is made once, for all of them. */
export function onceARun<T>(name: string, make: () => T): T {
  const all = globalThis as { planRun?: Map<string, unknown> }
  all.planRun ??= new Map()
  if (!all.planRun.has(name)) all.planRun.set(name, make())
  return all.planRun.get(name) as T
}
