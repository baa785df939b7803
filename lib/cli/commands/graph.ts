import { Command, Option } from '@commander-js/extra-typings';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { systemsIn } from '../../constructs/system';
import { graphOf } from '../../diagram/graph';
import { renderMermaid } from '../../diagram/render-mermaid';
import { renderText } from '../../diagram/render-text';
import type { SystemModel } from '../../model/system-model';
import type { Context } from '../context';
import { appOption, envOption } from '../options';
import { targetsOf } from '../targets';

const FORMATS = ['mermaid', 'svg', 'ascii', 'json'] as const;

const HELP = `
Examples:
  tars graph                            Mermaid text, for a README or an issue
  tars graph --format svg > graph.svg   a picture
  tars graph --format ascii             for the terminal
  tars graph -o json                    nodes and edges, for programs
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
    .addOption(new Option('-o, --format <format>', 'how to draw').choices(FORMATS).default('mermaid' as const))
    .addHelpText('after', HELP)
    .action(async (options) => {
      const { io } = context;
      const loaded = await context.loadApp(options.app, io);
      const systems = targetsOf(loaded, { env: options.env }, io.cwd)
        .flatMap(({ app }) => systemsIn(app))
        .filter((model) => model.services.length > 0);
      if (options.format === 'json') {
        io.stdout.write(`${JSON.stringify({ systems: systems.map(graphOf) }, null, 2)}\n`);
        return;
      }
      for (const model of systems) io.stdout.write(await draw(model, options.format));
    });
}

async function draw(model: SystemModel, format: 'mermaid' | 'svg' | 'ascii'): Promise<string> {
  if (format === 'ascii') return renderText(model);
  const text = renderMermaid(model);
  return format === 'svg' ? (await import('../draw.js')).drawSvg(text) : text;
}
