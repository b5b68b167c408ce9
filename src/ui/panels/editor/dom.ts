/** Pieces of DOM for what stands in the text. Text only ever enters as text. */
type Tag = 'a' | 'b' | 'button' | 'code' | 'div' | 'dd' | 'dl' | 'dt' | 'li' | 'p' | 'pre' | 'span' | 'ul'

export function element<T extends Tag>(
  tag: T,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[T] {
  const made = document.createElement(tag)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}
