/** Files in a build's folder. */
export const files = {
  /** The new system, as a directory. */
  tree: 'tree',
  /** What is put over it. */
  overlay: 'overlay',
  kernel: 'kernel',
  disk: 'disk.raw',
  core: 'core.img',
  grubScript: 'grub.cfg',
  seed: 'seed',
  seedDisk: 'seed.img',
  /** The socket of a guest's way out. */
  proxy: 'proxy',
  image: 'image.qcow2',
} as const;

/** Where the root partition begins: aligned, with room for the boot loader before it. */
export const sector = 512;
export const firstSector = 2048;

/** An image is as large as this at least; it grows with the disk that it is put on. */
export const diskBytes = 3 * 1024 ** 3;

/** The file system on which a guest finds its script. */
export const seedLabel = 'BUILDSEED';
/** Where that is mounted: apart from /run itself, which lets nothing be executed. */
export const seedMount = '/run/image-build';
export const seedUnit = 'image-build.service';
