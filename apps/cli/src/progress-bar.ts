/** A bar for people who wait at a terminal. */

const WIDTH = 28;

/** `[######------]  46 %  9,800 of 21,296 objects` */
export function progressBar(done: number, total: number, what: string): string {
  const share = total <= 0 ? 1 : Math.min(1, done / total);
  const full = Math.round(share * WIDTH);
  const bar = '#'.repeat(full) + '-'.repeat(WIDTH - full);
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `[${bar}] ${percent} %  ${grouped(done)} of ${grouped(total)} ${what}`;
}

/** `21,296` */
export function grouped(count: number): string {
  // Not toLocaleString: loading its tables takes longer than most commands.
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
