/** What Vite, by which tests are loaded, puts in place of a call: the files whose names match, as texts. */
interface ImportMeta {
  glob(
    pattern: string,
    options: { readonly query: '?raw'; readonly import: 'default'; readonly eager: true },
  ): Readonly<Record<string, string>>;
}
