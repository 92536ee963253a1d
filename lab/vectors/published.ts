/** Short vectors of RFCs and of reference implementations, as they are printed there. All in hex. */

/** RFC 8032, section 7.1: tests 1 to 3. */
export const RFC_8032 = [
  {
    seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    message: '72',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  },
  {
    seed: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
] as const;

/** RFC 7748, section 5.2. */
export const RFC_7748 = [
  {
    secret: 'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
    publicKey: 'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
    shared: 'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
  },
  {
    secret: '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
    publicKey: 'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
    shared: '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
  },
] as const;

/** RFC 7748, section 5.2: what the function comes to, used on its own result so often. */
export const RFC_7748_AGAIN = {
  begin: '0900000000000000000000000000000000000000000000000000000000000000',
  once: '422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079',
  thousand: '684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51',
} as const;

/** RFC 5869, appendix A: tests 1 to 3. */
export const RFC_5869: readonly Readonly<Record<'secret' | 'salt' | 'info' | 'key', string>>[] = [
  {
    secret: '0b'.repeat(22),
    salt: '000102030405060708090a0b0c',
    info: 'f0f1f2f3f4f5f6f7f8f9',
    key: '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  },
  {
    secret: counting(0x00, 80),
    salt: counting(0x60, 80),
    info: counting(0xb0, 80),
    key: 'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87',
  },
  {
    secret: '0b'.repeat(22),
    salt: '',
    info: '',
    key: '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  },
];

/** RFC 9106, section 5.3 (Argon2id), which needs a secret and associated data that we do not use. */
export const RFC_9106: {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
} & Readonly<Record<'password' | 'salt' | 'secret' | 'associated' | 'tag', string>> = {
  memoryKiB: 32,
  passes: 3,
  lanes: 4,
  password: '01'.repeat(32),
  salt: '02'.repeat(16),
  secret: '03'.repeat(8),
  associated: '04'.repeat(12),
  tag: '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659',
};

/** Our own parameters of Argon2id: 64 MiB, 3 passes, 4 lanes; made by OpenSSL, which is held against RFC 9106. */
export const PASSPHRASE: Readonly<Record<'passphrase' | 'salt' | 'key', string>> = {
  passphrase: 'correct horse',
  salt: counting(0x00, 16),
  key: '577f1ff37e9a3e52c97d39f8e83891c1b73b0e87ffe0429cee8ede2fb005fe44',
};

/** BIP39: `vectors.json` of the reference implementation, those with 24 words. */
export const BIP39: readonly (readonly [entropy: string, words: string])[] = [
  ['00'.repeat(32), `${'abandon '.repeat(23)}art`],
  [
    '7f'.repeat(32),
    `${'legal winner thank year wave sausage worth useful '.repeat(3).slice(0, -7)}title`,
  ],
  [
    '80'.repeat(32),
    `${'letter advice cage absurd amount doctor acoustic avoid '.repeat(3).slice(0, -6)}bless`,
  ],
  ['ff'.repeat(32), `${'zoo '.repeat(23)}vote`],
];

function counting(from: number, count: number): string {
  const bytes = Uint8Array.from({ length: count }, (_, at) => from + at);
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
