export interface UserTables {
  users: { id: string; name: string; role: string }
}
