/** Small values kept between visits. Storage may be forbidden or full; then nothing is kept and nothing breaks. */
const PREFIX = 'ioas-playground:'

export function recall(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key)
  } catch {
    return null
  }
}

/** False when it could not be kept. */
export function keep(key: string, value: string): boolean {
  try {
    localStorage.setItem(PREFIX + key, value)
    return true
  } catch {
    return false
  }
}

/** The same store in the shape that the panel library asks for. */
export const panelStorage = {
  getItem: recall,
  setItem: (key: string, value: string) => void keep(key, value),
}
