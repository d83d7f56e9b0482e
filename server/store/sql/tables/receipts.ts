export interface ReceiptTables {
  receipts: { session: string; id: string; at: number; text: string }
}
