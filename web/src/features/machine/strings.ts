export const strings = {
  title: 'Images and tools',
  offline: 'No internet',
  offlineWhy:
    'This lab has no internet and no registry: `docker pull` of anything else fails, and so does `apt install`. All that the tasks need is here.',
  images: 'Images',
  tools: 'Tools',
}
