export const strings = {
  documentTitle: 'Labs · Drydock',
  title: 'Labs',
  about: 'Each lab gives you a Docker engine of your own. Break it; nobody else notices.',
}
