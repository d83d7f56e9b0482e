import { z } from 'zod'

/** A program's absolute path, then its arguments: nothing is looked up in a PATH that the student may have changed. */
export const argv = z
  .array(z.string().max(2000))
  .min(1)
  .max(50)
  .refine((list) => /^\/[^\0]+$/u.test(list[0] ?? ''), 'must begin with the absolute path of a program')

export const programArgs = z.array(z.string().max(2000)).max(50)

export const environment = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of a variable'),
    z.string().max(4000),
  )
  .default({})

export const userName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9_.-]+(:[A-Za-z0-9_.-]+)?$/, 'must be a user, or user:group')

export const absolutePath = z
  .string()
  .max(500)
  .regex(/^\/[^\0]*$/, 'must be an absolute path')

export function toEnv(variables: Record<string, string>): string[] {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`)
}

/** A command as a person would type it, short. */
export function showCommand(words: readonly string[]): string {
  const text = words.map((word) => (/^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word}'`)).join(' ')
  return text.length > 120 ? `${text.slice(0, 120)}…` : text
}
