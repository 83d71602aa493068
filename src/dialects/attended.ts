/**
 * The answer to a statement that may take any time. Every `interval` milliseconds `look` checks over another connection
 * whether the server still works on it. When it does not twice in a row, the answer was lost in the network, and waiting
 * longer would never end. A look that fails tells nothing.
 */
export async function attended<T>(
  answer: Promise<T>,
  interval: number,
  works: () => Promise<boolean>,
): Promise<T> {
  let [over, timer]: [boolean, NodeJS.Timeout | undefined] = [false, undefined]
  const astray = new Promise<never>((_, reject) => {
    const look = async (idle: number) => {
      const now = (await works().catch(() => true)) ? 0 : idle + 1
      if (over) return
      if (now === 2) reject(new Error('the answer went astray'))
      else timer = setTimeout(look, interval, now)
    }
    timer = setTimeout(look, interval, 0)
  })
  try {
    return await Promise.race([answer, astray])
  } finally {
    over = true
    clearTimeout(timer)
  }
}
