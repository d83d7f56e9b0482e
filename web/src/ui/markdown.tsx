import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import styles from './markdown.module.css'

const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  ),
  // A lab's text stands inside a page that has its own headings.
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h3>{children}</h3>,
  table: ({ children }) => (
    <div className={styles.scroll}>
      <table>{children}</table>
    </div>
  ),
}

/** A lab's text. Raw HTML in it stays text; pictures from elsewhere are not loaded. */
export function Markdown({ text, dim = false }: { text: string; dim?: boolean }) {
  return (
    <div className={styles.markdown} data-dim={dim || undefined}>
      <ReactMarkdown components={components} remarkPlugins={[remarkGfm]} disallowedElements={['img']}>
        {text}
      </ReactMarkdown>
    </div>
  )
}
