import { MantineProvider } from '@mantine/core'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useState } from 'react'
import { isOffline, OFFLINE_RETRY } from './api/http.ts'
import { createAppRouter } from './routes.tsx'
import { cssVariables, theme } from './theme.ts'
import { useNarrowMark } from './ui/use-narrow.ts'

export function App() {
  useNarrowMark()
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          queries: {
            retry: false,
            networkMode: 'always', // A lab on this machine is there without any network.
            refetchInterval: (query) => (isOffline(query.state.error) ? OFFLINE_RETRY : false),
          },
          mutations: { networkMode: 'always' },
        },
      }),
  )
  const [router] = useState(createAppRouter)
  return (
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
        <RouterProvider router={router} />
      </MantineProvider>
    </QueryClientProvider>
  )
}
