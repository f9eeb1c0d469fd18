/** A part that is wider or taller than its place can be reached, and scrolled, with the keyboard. */
export function scrollable(node: HTMLElement) {
  const look = () => {
    const more = node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1
    if (more) node.tabIndex = 0
    else node.removeAttribute('tabindex')
  }
  const watch = new ResizeObserver(look)
  watch.observe(node)
  for (const child of node.children) watch.observe(child)
  look()
  return { destroy: () => watch.disconnect() }
}
