/** Where in the catalogue a lab stands. */
export function Crumb({ title, track }: { title: string; track?: string }) {
  return (
    <>
      {track && <span>{track}</span>}
      {track && <span aria-hidden>/</span>}
      <b>{title}</b>
    </>
  )
}
