// How to start npm on every platform: on Windows it is a script that only a shell can start, unless
// npm itself started us and says where its program is.

/** @returns {{ command: string, args: string[], options: { shell?: boolean } }} for child_process */
export function npm(...args) {
  const program = process.env.npm_execpath;
  if (program !== undefined && /\.c?js$/.test(program)) {
    return { command: process.execPath, args: [program, ...args], options: {} };
  }
  return { command: 'npm', args, options: { shell: process.platform === 'win32' } };
}
