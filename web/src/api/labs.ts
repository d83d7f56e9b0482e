import { queryOptions } from '@tanstack/react-query'
import { labCatalogue, labDetail } from '../../../server/contract/lab.ts'
import { request } from './http.ts'

/** All labs, in the order of the catalogue, and those that cannot be used. */
export const labsQuery = queryOptions({
  queryKey: ['labs'],
  queryFn: ({ signal }) => request(labCatalogue, '/api/labs', { signal }),
  staleTime: 60_000,
})

export const labQuery = (slug: string) =>
  queryOptions({
    queryKey: ['labs', slug],
    queryFn: ({ signal }) => request(labDetail, `/api/labs/${encodeURIComponent(slug)}`, { signal }),
    staleTime: 60_000,
  })
