/**
 * The answer to a statement that may take as long as it takes. Every `interval` milliseconds this looks by another way
 * whether the server still works at it. Where twice in a row it does not, the answer went astray in the network, and
 * nobody would ever wait long enough for it. A look that fails says nothing.
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
