/** Copies `text`; calls `failed` when the browser did not allow it. Without a secure context it uses the older way. */
export function copyText(text: string, failed: () => void): void {
  if (text === '') return
  if (navigator.clipboard) {
    navigator.clipboard.writeText(text).catch(failed)
    return
  }
  const focused = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  document.body.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  if (!copied) failed()
}
