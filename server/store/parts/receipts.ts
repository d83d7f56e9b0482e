/** A receipt as it was sealed: its text is what was signed and is never made anew. */
export interface ReceiptRecord {
  id: string
  session: string
  at: number
  /** Canonical JSON. */
  text: string
}

export interface ReceiptStore {
  /** Keeps the receipt; answers with the first one when the session has one, and then keeps nothing. */
  addReceipt(receipt: ReceiptRecord): Promise<ReceiptRecord>
  /** The session's receipt, if any. */
  receipt(session: string): Promise<ReceiptRecord | undefined>
}
