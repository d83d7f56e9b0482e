import type { UserRecord, UserStore } from '../../parts/users.ts'
import type { SqlAccess } from '../sql-access.ts'

export function userPart({ run }: SqlAccess): UserStore {
  return {
    async putUser(user: UserRecord): Promise<void> {
      await run((db) =>
        db
          .insertInto('users')
          .values(user)
          .onConflict((c) => c.column('id').doUpdateSet({ name: user.name, role: user.role }))
          .execute(),
      )
    },

    async user(id: string): Promise<UserRecord | undefined> {
      const row = await run((db) =>
        db.selectFrom('users').select(['id', 'name', 'role']).where('id', '=', id).executeTakeFirst(),
      )
      return row as UserRecord | undefined
    },
  }
}
