import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { systemsIn } from '../../constructs/system';
import { graphOf } from '../../diagram/graph';
import { renderMermaid } from '../../diagram/render-mermaid';
import { renderText } from '../../diagram/render-text';
import { TarsError } from '../../model/issues';
import type { SystemModel } from '../../model/system-model';
import { subjectOf } from '../../synth';
import { reachabilityMatrix } from '../../verify/reachability/matrix';
import type { Matrix } from '../../verify/reachability/matrix';
import { matrixPicture } from '../../verify/reachability/matrix-picture';
import { matrixTable } from '../../verify/reachability/matrix-table';
import type { Context } from '../context';
import { appOption, envOption } from '../options';
import type { Target } from '../targets';
import { environmentName, targetsOf } from '../targets';

const FORMATS = ['mermaid', 'svg', 'ascii', 'json'] as const;

const HELP = `
Examples:
  tars graph                            Mermaid text, for a README or an issue
  tars graph --format svg > graph.svg   a picture
  tars graph --format ascii             for the terminal
  tars graph -o json                    nodes and edges, for programs
  tars graph --reachability             who may open which port to whom, by the policies
  tars graph --reachability -o svg      the same as a picture; -o json as data
`;

/** `tars graph`. */
export function graphCommand(context: Context): CommandUnknownOpts {
  return new Command('graph')
    .description(
      'Draws who talks to whom: services, the ports of their links, how requests get in and who reaches\n' +
        'the internet. The picture is what the network policies allow. Dotted: nobody waits for the other.',
    )
    .addOption(appOption())
    .addOption(envOption().default('default'))
    .addOption(
      new Option('-o, --format <format>', 'how to draw (default: mermaid; ascii with --reachability)').choices(FORMATS),
    )
    .option('--reachability', 'the whole matrix of who may open which port to whom, computed from what is emitted')
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io } = context;
      const loaded = await context.loadApp(options.app, io);
      const targets = targetsOf(loaded, { env: options.env }, io.cwd);
      if (options.reachability === true) {
        io.stdout.write(targets.map((target) => drawMatrix(target, options.format ?? 'ascii')).join('\n'));
        return;
      }
      const format = options.format ?? 'mermaid';
      const systems = targets.flatMap(({ app }) => systemsIn(app)).filter((model) => model.services.length > 0);
      if (format === 'json') {
        io.stdout.write(`${JSON.stringify({ systems: systems.map(graphOf) }, null, 2)}\n`);
        return;
      }
      for (const model of systems) io.stdout.write(await draw(model, format));
    });
}

async function draw(model: SystemModel, format: 'mermaid' | 'svg' | 'ascii'): Promise<string> {
  if (format === 'ascii') return renderText(model);
  const text = renderMermaid(model);
  return format === 'svg' ? (await import('../draw.js')).drawSvg(text) : text;
}

function drawMatrix(target: Target, format: (typeof FORMATS)[number]): string {
  const { emitted, systems } = subjectOf(target.app, target.options);
  const matrix: Matrix = reachabilityMatrix(emitted, systems);
  switch (format) {
    case 'ascii':
      return matrixTable(matrix);
    case 'json':
      return `${JSON.stringify(matrix, null, 2)}\n`;
    case 'svg':
      return matrixPicture(`Who may open which port to whom: ${environmentName(target)}`, matrix);
    case 'mermaid':
      throw new TarsError([
        {
          code: 'TARS5004',
          severity: 'error',
          path: 'tars graph --reachability',
          message: 'a matrix is no flowchart',
          given: '--format mermaid',
          allowed: 'ascii, svg, json',
          remedy: 'choose another format',
        },
      ]);
  }
}
