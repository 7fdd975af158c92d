/** Settings with which the builder cannot start; its message is for the operator. */
export class Unusable extends Error {}
