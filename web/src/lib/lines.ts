/** Lines of text in a drawing, as many words on each as fit, by the mean width of a letter. */
export function wrapped(text: string, across: number, letter: number): string[] {
  const most = Math.max(12, Math.floor(across / letter))
  const lines: string[] = []
  // A number stays with its sign.
  for (const word of text.replaceAll(' %', '\u00a0%').split(' ')) {
    const last = lines[lines.length - 1]
    if (last !== undefined && `${last} ${word}`.length <= most) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
