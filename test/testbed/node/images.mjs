// @ts-check
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { arch, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { binaryPath } from '../binaries.mjs';
import { imageFile } from '../images/images.mjs';
import { pauseProgram } from '../machine/pause.mjs';
import { programImages } from './addons.mjs';
import { pauseImage } from './configuration.mjs';

/** @typedef {import('../machine/state.mjs').Machine} Machine */
/** @typedef {import('../run.mjs').Outcome} Outcome */

/**
 * The images of the cluster's own pods: one program each, and nothing else. They need no engine.
 *
 * @param {Machine} machine
 * @param {(machine: Machine, args: readonly string[]) => Promise<Outcome>} ctr
 */
export async function importSystemImages(machine, ctr) {
  const images = [
    { image: pauseImage, program: pauseProgram() },
    { image: programImages.coredns, program: binaryPath('coredns') },
    { image: programImages.traefik, program: binaryPath('traefik') },
  ];
  for (const { image, program } of images) {
    const { code, stderr } = await ctr(machine, ['images', 'import', programImage(image, program)]);
    if (code !== 0) {
      throw new Error(`cannot import ${image}: ${stderr}`);
    }
  }
}

/**
 * An image in the format of `docker save`, made by hand: a layer with the program, and what to run.
 *
 * @param {string} image
 * @param {string} program
 * @returns {string} the file
 */
function programImage(image, program) {
  const name = basename(program);
  const file = imageFile(name, basename(dirname(program)).replace(/.*-/, ''));
  if (existsSync(file)) {
    return file;
  }
  const directory = mkdtempSync(join(tmpdir(), 'tars-image-'));
  try {
    const root = join(directory, 'root');
    mkdirSync(root);
    mkdirSync(join(root, 'tmp'));
    copyFileSync(program, join(root, name));
    const layer = join(directory, 'layer.tar');
    execFileSync('tar', ['--create', '--file', layer, '--owner=0', '--group=0', '--numeric-owner', '-C', root, '.']);
    const digest = createHash('sha256').update(readFileSync(layer)).digest('hex');
    const config = {
      architecture: arch() === 'x64' ? 'amd64' : arch(),
      os: 'linux',
      config: { Entrypoint: [`/${name}`] },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    };
    writeFileSync(join(directory, 'config.json'), JSON.stringify(config));
    writeFileSync(
      join(directory, 'manifest.json'),
      JSON.stringify([{ Config: 'config.json', RepoTags: [image], Layers: ['layer.tar'] }]),
    );
    const partial = `${file}.${process.pid}.partial`;
    execFileSync('tar', ['--create', '--file', partial, '-C', directory, 'manifest.json', 'config.json', 'layer.tar']);
    renameSync(partial, file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  return file;
}
