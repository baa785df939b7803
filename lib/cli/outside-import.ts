/**
 * What a pack calls in place of `import()`: the tool's own, handed in. A script that Node 20 takes from V8's
 * cache has no `import()`. As long as the word it replaces, so that positions in the pack stay.
 * @see https://nodejs.org/docs/latest-v20.x/api/vm.html#new-vmscriptcode-options
 */
export const OUTSIDE_IMPORT = '$mport';

/**
 * Replaces `import()` of what stays outside of a bundle.
 * @param code as esbuild prints it
 * @param specifiers of the bundle's dynamic imports, as esbuild's metafile has them
 */
export function importFromOutside(code: string, specifiers: readonly string[]): string {
  return specifiers.reduce((text, specifier) => {
    const argument = JSON.stringify(specifier);
    return text.replaceAll(`import(${argument})`, `${OUTSIDE_IMPORT}(${argument})`);
  }, code);
}
