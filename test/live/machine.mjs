// @ts-check

/**
 * What the suites of a target run on.
 *
 * @typedef {object} Machine
 * @property {Readonly<Record<string, string>>} env what they need to get there
 * @property {(command: string[]) => string[]} [enter] makes it a command in the machine's network
 * @property {() => Promise<void>} down removes the stack
 */

export {};
