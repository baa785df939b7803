/** On white, since a picture is put where its reader's theme is not known. */
const THEME = { bg: '#ffffff', fg: '#1f2937', accent: '#2563eb', font: 'Arial' };

/**
 * A Mermaid flowchart as an SVG that stands alone: it loads no font from anywhere, and its colours
 * are written out, since image viewers other than browsers know neither variables nor mixtures.
 */
export async function drawSvg(mermaid: string): Promise<string> {
  const { renderMermaidSVG } = await import('beautiful-mermaid');
  const svg = renderMermaidSVG(mermaid, THEME).replace(/^\s*@import url\([^)]*\);\n/gm, '');
  return `${writeOutColours(svg)}\n`;
}

function writeOutColours(svg: string): string {
  const named = new Map(Object.entries({ bg: THEME.bg, fg: THEME.fg, accent: THEME.accent }));
  const resolve = (text: string): string => {
    const before = text
      .replace(/var\(--([\w-]+)\)/g, (whole, name: string) => named.get(name) ?? whole)
      // With a fallback: the fallback, where nobody set the variable.
      .replace(
        /var\(--([\w-]+), ?([^()]*(?:\([^()]*\))?)\)/g,
        (_, name: string, other: string) => named.get(name) ?? other,
      )
      .replace(/color-mix\(in srgb, (#\w{6}) (\d+)%, (#\w{6})\)/g, (_, a: string, share: string, b: string) =>
        mix(a, Number(share) / 100, b),
      );
    return before === text ? text : resolve(before);
  };
  for (const [, name = '', value = ''] of svg.matchAll(/--([\w-]+):\s*([^;]+);/g)) {
    if (!named.has(name)) named.set(name, resolve(value));
  }
  return resolve(svg)
    .replace(/\s*\/\*[^*]*\*\//g, '')
    .replace(/\s*--[\w-]+:\s*[^;]+;/g, '')
    .replace(/\s*svg \{\s*\}/g, '');
}

/** @see https://www.w3.org/TR/css-color-5/#color-mix */
function mix(a: string, share: number, b: string): string {
  const channel = (colour: string, at: number): number => parseInt(colour.slice(at, at + 2), 16);
  const channels = [1, 3, 5].map((at) => Math.round(channel(a, at) * share + channel(b, at) * (1 - share)));
  return `#${channels.map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}
