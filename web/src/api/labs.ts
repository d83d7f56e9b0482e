import { queryOptions } from '@tanstack/react-query'
import { z } from 'zod'
import { labDetail, labSummary } from '../../../server/contract/lab.ts'
import { request } from './http.ts'

const labList = z.array(labSummary)

/** All labs, in the order of the catalogue. */
export const labsQuery = queryOptions({
  queryKey: ['labs'],
  queryFn: ({ signal }) => request(labList, '/api/labs', { signal }),
  staleTime: 60_000,
})

export const labQuery = (slug: string) =>
  queryOptions({
    queryKey: ['labs', slug],
    queryFn: ({ signal }) => request(labDetail, `/api/labs/${encodeURIComponent(slug)}`, { signal }),
    staleTime: 60_000,
  })
