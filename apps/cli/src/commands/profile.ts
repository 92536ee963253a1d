/** `atoll profile`: how this identity is shown to others, on all its devices and in all its spaces. */
import { readFile } from 'node:fs/promises';
import type { Hue, Identity, ProfileChange } from '@atoll/client';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../command.ts';
import { usage, type CommandLine } from '../command-line.ts';
import { settle } from '../settle.ts';
import { withTimeout } from '../until.ts';

const HUES: readonly Hue[] = [1, 2, 3, 4, 5, 6, 7];
/** Others must learn of it, or be able to from the server. */
const SETTLE_MS = 20_000;

/** Shows the profile; with options changes it first. */
export async function profile({ line, open, out, signal }: CommandContext): Promise<void> {
  const change = await changeIn(line);
  const isChange = Object.keys(change).length > 0;
  const client = await open(isChange ? { online: true } : {});
  if (isChange) {
    await client.halo.updateProfile(change);
    using limit = withTimeout(signal, SETTLE_MS, 'the server did not take the news');
    await settle(client, { quietMs: 0, signal: limit }).catch((failure: unknown) => {
      if (signal.aborted) throw failure;
      out.note('The server has not got everything yet; run atoll sync.');
    });
  }
  const identity = client.halo.identity.get();
  if (identity === undefined) {
    out.result({ identity: null }, 'Nobody yet: atoll init --name NAME makes you somebody.');
    return;
  }
  out.result(profileData(identity), ...profileLines(identity));
}

async function changeIn(line: CommandLine): Promise<ProfileChange> {
  const [displayName, about, picture] = [
    line.value('name')?.trim(),
    line.value('about')?.trim(),
    line.value('picture'),
  ];
  const colour = line.count('colour');
  const hue = HUES.find((each) => each === colour);
  if (colour !== undefined && hue === undefined) throw usage('--colour is a number from 1 to 7');
  return {
    ...(displayName === undefined ? {} : { displayName }),
    ...(about === undefined ? {} : { about }),
    ...(hue === undefined ? {} : { hue }),
    ...(picture === undefined ? {} : { picture: picture === '' ? null : await read(picture) }),
  };
}

async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new CliError('CLI_FILE', `${file} cannot be read`, { cause });
  }
}

function profileData(identity: Identity): Readonly<Record<string, unknown>> {
  const { about, displayName, hue, id, picture } = identity;
  return {
    identity: id,
    name: displayName,
    colour: hue,
    about: about ?? '',
    picture:
      picture === undefined
        ? null
        : {
            type: picture.type,
            bytes: picture.bytes.length,
            width: picture.width,
            height: picture.height,
          },
  };
}

function profileLines({ about, displayName, hue, picture }: Identity): readonly string[] {
  return [
    displayName,
    ...(about === undefined ? [] : [`about    ${about}`]),
    `colour   ${String(hue)}`,
    picture === undefined
      ? 'picture  none'
      : `picture  ${picture.type}, ${String(picture.width)} × ${String(picture.height)}, ${String(picture.bytes.length)} bytes`,
  ];
}
