/** Words longer than this are not compared: no name in a lab is. */
const MAX_WORD = 80

/** The candidate that a typing mistake away from `word` is: a third of its letters may differ, swapped neighbours count once. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > MAX_WORD) return undefined
  let best: string | undefined
  let least = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const each of candidates) {
    if (each.length > MAX_WORD || Math.abs(each.length - word.length) >= least) continue
    const found = distance(plain(word), plain(each))
    if (found < least) [best, least] = [each, found]
  }
  return best
}

/** What to write behind a complaint about `word`; empty when no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const found = nearest(word, candidates)
  return found === undefined ? '' : `; did you mean \`${found}\`?`
}

/** The same words in another spelling: case, hyphens and underscores. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll('_', '-')
}

/** Insertions, deletions, replacements and swaps of neighbours that make `a` of `b`. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let least = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + (same ? 0 : 1))
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) least = Math.min(least, at(before, j - 2) + 1)
      row.push(least)
    }
    before = above
    above = row
  }
  return at(above, b.length)
}

function at(row: number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
