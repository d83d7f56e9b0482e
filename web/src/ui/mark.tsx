/** Drydock's mark: a dock with a box in it. */
export function Mark() {
  return (
    <svg
      className="mark"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M2 4v11a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V4" />
      <path d="M6 8h8v5H6z" />
    </svg>
  )
}
