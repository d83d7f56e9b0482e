export type Role = 'student' | 'instructor' | 'admin'

export interface UserRecord {
  id: string
  name: string
  role: Role
}

export interface UserStore {
  /** Adds the user, or changes name and role of the one with that id. */
  putUser(user: UserRecord): Promise<void>
  /** The user of that id, if any. */
  user(id: string): Promise<UserRecord | undefined>
}
