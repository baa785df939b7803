import type { CheckText } from './check';

export const outOfRange: CheckText = {
  code: 'TARS6107',
  severity: 'error',
  refusedBy: 'server',
  title: 'a number, text or list out of its range',
  why: 'The server refuses the object.',
  remedy: 'choose a value in the range that is said under "allowed"',
};
