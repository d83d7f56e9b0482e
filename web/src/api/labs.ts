import { queryOptions } from '@tanstack/react-query'
import { labCatalogue, labDetail } from '../../../server/contract/lab.ts'
import { isOffline, OFFLINE_RETRY, request } from './http.ts'

/** How often a page asks again while a lab in it cannot be used: whoever mends it looks at the page. Milliseconds. */
const MENDED_RETRY = 2000

/** All labs, in the order of the catalogue, and those that cannot be used. */
export const labsQuery = queryOptions({
  queryKey: ['labs'],
  queryFn: ({ signal }) => request(labCatalogue, '/api/labs', { signal }),
  // Whoever comes back to the page sees the labs as they are.
  staleTime: 0,
  refetchInterval: ({ state }) => {
    if (isOffline(state.error)) return OFFLINE_RETRY
    return state.data && state.data.broken.length > 0 ? MENDED_RETRY : false
  },
})

export const labQuery = (slug: string) =>
  queryOptions({
    queryKey: ['labs', slug],
    queryFn: ({ signal }) => request(labDetail, `/api/labs/${encodeURIComponent(slug)}`, { signal }),
    // Whoever comes back from an editor sees the lab as it is.
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && state.data.problems.length > 0 ? MENDED_RETRY : false),
  })
