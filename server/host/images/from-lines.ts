/** A line of a Dockerfile that cannot be built; lines count from 1. */
export interface FromFault {
  line: number
  message: string
}

/**
 * The first FROM of a Dockerfile that stands on nothing that is there. `images`: what it may stand on, by build argument; `called`: the
 * build argument of an image, by what a student calls it. Arguments with a default and images of a registry are let be.
 */
export function fromFault(
  dockerfile: string,
  images: Readonly<Record<string, unknown>>,
  called: ReadonlyMap<string, string>,
): FromFault | undefined {
  const declared = new Set<string>()
  const filled = new Set<string>()
  for (const [index, text] of dockerfile.split('\n').entries()) {
    const say = (message: string) => ({ line: index + 1, message })
    const [, arg, fallback] = /^\s*ARG\s+(\w+)(=?)/i.exec(text) ?? []
    if (arg) declared.add(arg)
    if (arg && (fallback || Object.hasOwn(images, arg))) filled.add(arg)
    const target = /^\s*FROM\s+(?:--\S+\s+)*(\S+)/i.exec(text)?.[1]
    if (target === undefined) continue
    const name = /^\$\{?(\w+)\}?$/.exec(target)?.[1]
    if (name !== undefined && !declared.has(name))
      return say(`FROM ${target}: there is no line ARG ${name} before it`)
    if (name !== undefined && !filled.has(name)) {
      const known = Object.keys(images)
      return say(`FROM ${target}: no image folder has this argument; there are ${known.join(', ')}`)
    }
    const meant = called.get(target)
    if (meant !== undefined)
      return say(
        `FROM ${target} would be looked for in a registry: declare ARG ${meant}, then write FROM $${meant}`,
      )
  }
  return undefined
}
