export const strings = {
  title: 'Keys',
  everywhere: 'Everywhere',
  inTerminal: 'In the terminal',
  close: 'Close',
  rows: {
    lab: [
      { keys: ['Ctrl', '`'], does: 'To the terminal and back' },
      { keys: ['Alt', '1…9'], does: 'Open a task' },
      { keys: ['?'], does: 'Show these keys' },
    ],
    catalogue: [
      { keys: ['/'], does: 'Search labs' },
      { keys: ['?'], does: 'Show these keys' },
    ],
    terminal: [
      { keys: ['Ctrl', 'Shift', 'C'], does: 'Copy; selecting copies too' },
      { keys: ['Ctrl', 'Shift', 'V'], does: 'Paste' },
      { keys: ['Ctrl', 'Shift', 'F'], does: 'Find in the scrollback' },
      { keys: ['Ctrl', '+'], does: 'Larger text' },
      { keys: ['Ctrl', '-'], does: 'Smaller text' },
      { keys: ['Ctrl', '0'], does: 'Normal text size' },
    ],
  },
}
