import type { Page, WebSocketRoute } from 'playwright-core'

/** The page's connection to the server, which a test can break. */
export interface Connection {
  /** From now on the server hears the page but its answers are lost on the way. */
  loseAnswers(): void
  /** Nothing gets through, and what was open breaks. */
  cut(): Promise<void>
  /** New connections get through again. */
  mend(): void
}

/** Stands between the page and the server. Call it before the page opens. */
export async function connectionOf(page: Page): Promise<Connection> {
  const open = new Map<WebSocketRoute, WebSocketRoute>()
  let answersLost = false
  let broken = false
  await page.routeWebSocket(/\/socket\.io\//, (socket) => {
    if (broken) return void socket.close({ code: 1001 })
    const server = socket.connectToServer()
    open.set(socket, server)
    socket.onMessage((message) => server.send(message))
    server.onMessage((message) => {
      if (!answersLost) socket.send(message)
    })
  })
  return {
    loseAnswers() {
      answersLost = true
    },
    async cut() {
      broken = true
      for (const [socket, server] of open) {
        await server.close({ code: 1001 })
        await socket.close({ code: 1001 })
      }
      open.clear()
      answersLost = false
    },
    mend() {
      broken = false
    },
  }
}
