/** Files as React state: where one is, an address of its bytes, adding and saving. */
import type { AnyObject, BlobState, Space } from '@atoll/client';
import type { BlobPart } from '@atoll/schema';
import { useLive, useStatus } from '@atoll/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { codeOf } from '../app/failure.ts';
import type { AttachmentObject } from '../data/workspace-types.ts';
import { useToast } from '../ui/toast.tsx';
import { addFile } from './add-file.ts';
import { contentOf, dropLink, takeLink } from './file-links.ts';
import { addFailure, fetchFailure, fileWords, type FileWords } from './file-words.ts';

/** Where a file is, as data and in words. */
export function useFileState(
  space: Space,
  part: BlobPart,
): { readonly state: BlobState; readonly words: FileWords } {
  const state = useLive(space.blobs.state(part));
  const { connection, mailbox } = useStatus(space);
  const isConnected = connection === 'alone' ? mailbox !== 'none' : connection !== 'offline';
  return { state, words: fileWords(state, isConnected) };
}

/** What can be shown of a file's bytes. */
export interface FileLink {
  readonly url?: string;
  readonly failure?: string;
}

/** An address of the bytes, while `part` is given; they are fetched if they are not here. */
export function useFileLink(space: Space, part: BlobPart | undefined): FileLink {
  const [link, setLink] = useState<FileLink & { readonly of?: string }>({});
  const name = part === undefined ? undefined : [...part.id].join();
  const wanted = useRef(part);
  wanted.current = part;
  useEffect(() => {
    const taken = wanted.current;
    if (taken === undefined || name === undefined) return undefined;
    let isOver = false;
    takeLink(space, taken).then(
      (url) => (isOver ? undefined : setLink({ url, of: name })),
      (failure: unknown) =>
        isOver ? undefined : setLink({ failure: codeOf(failure) ?? 'failed', of: name }),
    );
    return () => {
      isOver = true;
      dropLink(space, taken);
    };
  }, [space, name]);
  return link.of === name ? link : {};
}

/** A file that is being added. */
export interface Adding {
  readonly key: number;
  readonly name: string;
  /** Between 0 and 1. */
  readonly progress: number;
  readonly stop: () => void;
}

/** A file that could not be added, in a sentence. */
export interface NotAdded {
  readonly key: number;
  readonly text: string;
  readonly code: string | undefined;
}

/** Adds files to an object; what is under way and what went wrong can be shown. */
export interface FileAdder {
  readonly adding: readonly Adding[];
  readonly failures: readonly NotAdded[];
  readonly dismiss: (failure: NotAdded) => void;
  readonly add: (
    files: readonly File[],
    onAdded?: (added: AttachmentObject) => void,
  ) => Promise<void>;
}

/** See {@link FileAdder}. */
export function useFileAdder(space: Space, of: AnyObject | undefined): FileAdder {
  const [adding, setAdding] = useState<readonly Adding[]>([]);
  const [failures, setFailures] = useState<readonly NotAdded[]>([]);
  const lastKey = useRef(0);
  const add = useCallback<FileAdder['add']>(
    async (files, onAdded) => {
      for (const file of files) {
        const key = ++lastKey.current;
        const abort = new AbortController();
        const change = (progress: number): void =>
          setAdding((all) => all.map((each) => (each.key === key ? { ...each, progress } : each)));
        const stop = (): void => abort.abort();
        setAdding((all) => [...all, { key, name: file.name, progress: 0, stop }]);
        try {
          const added = await addFile(space, file, {
            of,
            signal: abort.signal,
            onProgress: ({ have }) => change(file.size === 0 ? 1 : have / file.size),
          });
          onAdded?.(added);
        } catch (failure) {
          const code = codeOf(failure);
          const text = addFailure(file.name, code ?? '');
          if (!abort.signal.aborted) setFailures((all) => [...all, { key, text, code }]);
        } finally {
          setAdding((all) => all.filter((each) => each.key !== key));
        }
      }
    },
    [space, of],
  );
  const dismiss = useCallback(
    (failure: NotAdded) => setFailures((all) => all.filter((each) => each !== failure)),
    [],
  );
  return { adding, failures, dismiss, add };
}

/** Saves a file where the browser saves files; says so if it cannot be had. */
export function useDownload(space: Space): (part: BlobPart, name: string) => Promise<void> {
  const toast = useToast();
  return useCallback(
    async (part, name) => {
      try {
        const url = URL.createObjectURL(await contentOf(space, part));
        const link = document.createElement('a');
        link.href = url;
        link.download = name;
        link.click();
        // The browser has begun to read it by then.
        setTimeout(() => URL.revokeObjectURL(url), SAVE_BEGUN_MS);
      } catch (failure) {
        toast({ text: fetchFailure(codeOf(failure) ?? '') });
      }
    },
    [space, toast],
  );
}

const SAVE_BEGUN_MS = 60_000;
