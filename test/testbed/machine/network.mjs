// @ts-check
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { perform, succeeds } from './command.mjs';

/** @typedef {import('./state.mjs').Machine} Machine */

const forwardingFile = '/proc/sys/net/ipv4/ip_forward';

/** @param {Pick<Machine, 'network'>} machine */
export function machineAddress({ network }) {
  return `${network}.2`;
}

/** @param {Pick<Machine, 'network'>} machine */
export function gatewayAddress({ network }) {
  return `${network}.1`;
}

/**
 * The end of the cable that is outside. The kernel removes both with the machine's network.
 *
 * @param {Pick<Machine, 'name'>} machine
 */
export function interfaceName({ name }) {
  return `tars-${name}`;
}

/**
 * Joins the machine to this one by a cable, with this one as its way to everywhere.
 *
 * @param {Machine} machine
 */
export function connect(machine) {
  const name = interfaceName(machine);
  const inside = ['nsenter', '-t', String(machine.init), '-n'];
  /** @type {string[][]} */
  const commands = [
    ['ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(machine.init)],
    ['ip', 'addr', 'add', `${gatewayAddress(machine)}/24`, 'dev', name],
    ['ip', 'link', 'set', name, 'up'],
    [...inside, 'ip', 'addr', 'add', `${machineAddress(machine)}/24`, 'dev', 'eth0'],
    [...inside, 'ip', 'link', 'set', 'eth0', 'up'],
    [...inside, 'ip', 'link', 'set', 'lo', 'up'],
    [...inside, 'ip', 'route', 'add', 'default', 'via', gatewayAddress(machine)],
  ];
  commands.forEach(perform);
}

/**
 * What lets the machine reach what this one reaches, such as registries of packages.
 *
 * @param {Machine} machine
 * @returns {Pick<Machine, 'rules' | 'settings'>} to be written down before `openInternet`
 */
export function internetPlan(machine) {
  const subnet = `${machine.network}.0/24`;
  const comment = ['-m', 'comment', '--comment', interfaceName(machine)];
  return {
    rules: [
      ['nat', 'POSTROUTING', '-s', subnet, '!', '-d', subnet, ...comment, '-j', 'MASQUERADE'],
      ['filter', 'FORWARD', '-s', subnet, ...comment, '-j', 'ACCEPT'],
      ['filter', 'FORWARD', '-d', subnet, ...comment, '-j', 'ACCEPT'],
    ],
    settings: { [forwardingFile]: readFileSync(forwardingFile, 'utf8').trim() },
  };
}

/** @param {Machine} machine */
export function openInternet({ rules }) {
  for (const [table = '', chain = '', ...rule] of rules) {
    perform(['iptables', '-w', '-t', table, '-I', chain, ...rule]);
  }
  writeFileSync(forwardingFile, '1');
}

/**
 * Takes back what was done outside of the machine, as far as it was done.
 *
 * @param {Machine} machine
 */
export function disconnect(machine) {
  for (const [table = '', chain = '', ...rule] of machine.rules) {
    if (succeeds(['iptables', '-w', '-t', table, '-C', chain, ...rule])) {
      perform(['iptables', '-w', '-t', table, '-D', chain, ...rule]);
    }
  }
  for (const [file, value] of Object.entries(machine.settings)) {
    writeFileSync(file, value);
  }
  const cable = `/sys/class/net/${interfaceName(machine)}`;
  const remove = ['ip', 'link', 'delete', interfaceName(machine)];
  // The kernel removes it as well, when it has taken down the network of the machine that has ended.
  if (existsSync(cable) && !succeeds(remove) && existsSync(cable)) {
    perform(remove);
  }
}
