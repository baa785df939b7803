/** What the code of a pack calls instead of `import`: whoever runs the pack lends it. */
export const IMPORT = '__tarsImport';
