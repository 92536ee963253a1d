/** Words about public spaces: making one, and reading one by its link. */

/** Among the members: who else may read. */
export const PUBLIC = {
  title: 'Everybody with the link',
  private: 'Only members can read this space.',
  offer: 'You can make a link by which everybody can read it.',
  means:
    'Whoever has the link can read everything in this space, also what was written before, and see the names of its members. Nobody can change anything by it. Servers still read nothing.',
  isPublic: 'This space is public: whoever has the link can read everything in it.',
  notYours: 'Somebody else has made the link.',
  publish: 'Make a link…',
  agree: 'Make it public',
  cancel: 'Leave it private',
  link: 'Link for reading',
  copy: 'Copy',
  copied: 'Copied',
  end: 'End the link',
  endMeans:
    'Who has read by it keeps what they have. What is written from now on they cannot read.',
  made: 'This space is public now',
  ended: 'The link works no more',
  failed: 'That did not work.',
  codes: {
    CLIENT_NOT_ALLOWED: 'Your role does not allow this. Ask an admin.',
    CLIENT_SENIOR_RIGHT:
      'Somebody who was here before you made this link. Only they, or an owner, can end it.',
    CLIENT_NO_SERVER: 'A link needs a server. Name one under Connection first.',
    CLIENT_UNREACHABLE: 'The server does not answer. Try again when you are connected.',
    CLIENT_NOT_KEPT: 'The server has no room for the link. Use another server.',
  } as Readonly<Record<string, string>>,
} as const;

/** Reading a public space. */
export const FOLLOW = {
  nameTitle: 'Read a public space',
  nameLead:
    'First a name for you on this device. Nobody in the space sees it, unless you send them something.',
  getting: 'Getting the space…',
  failed: 'This link does not lead to a space now.',
  again: 'Try again',
  back: 'Back',
  followed: 'You read this space by its link.',
  followedMeans: 'Nobody here knows that you do, and you cannot change anything.',
  suggestMeans: 'You can suggest things, which its admins look at.',
  suggest: 'Suggest something',
  over: 'This space is not public any more.',
  overMeans: 'You keep what you have. To see what comes later, ask a member to invite you.',
  codes: {
    CLIENT_LINK_ENDED: 'The link was ended, or it was not copied whole. Ask for the link of now.',
    HALO_NOT_A_LINK: 'This is not a whole link. Copy it again, from its beginning to its end.',
    CLIENT_UNREACHABLE: 'The server of the link does not answer. Try again when you are connected.',
    CLIENT_NO_SERVER: 'The link does not say which server to ask. Ask for the whole address.',
    CLIENT_NOT_KEPT: 'The server of the link does not keep such spaces any more.',
  } as Readonly<Record<string, string>>,
} as const;
