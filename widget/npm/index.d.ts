// Types of what `index.js` exports and of what the loader adds to a page.

/** Who sent this visitor. A bare `code` can be typed by anybody; a `click_id` is signed. */
export interface Referral {
  code?: string
  click_id?: string
}

/** Who the referrer is: signed by your server, or what the page merely knows. */
export type Identity = { token: string } | { name?: string; email?: string }

/** A browser's word that a friend signed up. Noted, and never payable by itself. */
export interface LeadClaim {
  /** Your id of the customer, where the page knows it. */
  customer_id?: string
  email?: string
}

/** What the doctor says of one part of the page. */
export interface Finding {
  name: string
  state: 'ok' | 'attention' | 'broken'
  says: string
  /** What to do about it. */
  todo?: string
}

/** Attributes of the loader's tag, without their `data-`. */
export interface LoaderAttributes {
  /** The publishable key: `pk_live_…` or `pk_test_…`. */
  program: string
  /** `'required'`: store nothing until the visitor agrees. */
  consent?: 'required'
  /** Keep the first click instead of the last, as your terms say. */
  attribution?: 'first' | 'last'
  /** Days for which a click is kept; 90 if left out. */
  cookieDays?: number
  /** Names under which a code may stand in the address, with commas. */
  queryParams?: string
  /** Host that the panel calls, if it is another than the loader's. */
  apiHost?: string
  /** The visitor's own setting if left out. */
  theme?: 'light' | 'dark'
  /** How numbers, money and dates are written; the page's `lang` if left out. */
  locale?: string
}

/** Where the loader comes from: an edge, or one of its immutable files. */
export type LoaderSource =
  | { /** The edge, such as `https://go.shop.example`. */ origin: string; src?: undefined }
  | {
      /** A file, such as `https://go.shop.example/w/0.1.0/goodword.js`; a `TrustedScriptURL` where the page enforces them. */
      src: string | { toString(): string }
      origin?: undefined
    }

export type LoadOptions = LoaderSource & LoaderAttributes & {
  /** Digest of the file at `src`, as the build prints it: `sha384-…`. */
  integrity?: string
  /** Nonce of the page's content security policy. */
  nonce?: string
}

/**
 * Puts the loader on the page, once however often it is called; a tag that was pasted counts. The
 * answer is true when it runs and false when it cannot come (blocked, offline, on a server); it
 * never rejects.
 */
export function load(options: LoadOptions): Promise<boolean>

/** The commands of the loader. A command that fails, and any command on a server, answers undefined. */
export interface Goodword {
  /** Answers when the loader runs, with who sent this visitor. */
  (command: 'ready'): Promise<Referral | null | undefined>
  /** Who sent this visitor; null if nobody did. */
  (command: 'referral'): Promise<Referral | null | undefined>
  /** Says who the referrer is; `{}` when they have logged out. */
  (command: 'identify', who: Identity): Promise<void>
  /** Shows the panel, in a dialog where the page has none. */
  (command: 'open'): Promise<void>
  /** Closes the dialog. */
  (command: 'close'): Promise<void>
  /** The visitor agrees; false takes it back and deletes what was stored. */
  (command: 'consent', granted: boolean): Promise<boolean | undefined>
  /** Claims a lead; true when the edge noted it. */
  (command: 'track', what: 'lead', facts?: LeadClaim): Promise<boolean | undefined>
  /** Looks at what works on this page, what is blocked and why, and shows it. */
  (command: 'doctor'): Promise<Finding[] | undefined>
}

/** Calls the loader; before it runs, the call waits. Never throws and never rejects. */
export const goodword: Goodword

/** Tells who sent this visitor, now and whenever that changes, until the answered function is called. */
export function watchReferral(listener: (referral: Referral | null) => void): () => void

/** Attributes of `<goodword-widget>`. */
export interface WidgetAttributes {
  /** Where it stands, in a dialog, or behind a button in the corner; inline if left out. */
  mode?: 'inline' | 'modal' | 'floating'
}

/** The share panel. */
export interface GoodwordWidgetElement extends HTMLElement {}

/** The friend's side: who sent them, the offer, the code. */
export interface GoodwordWelcomeElement extends HTMLElement {}

declare global {
  interface HTMLElementTagNameMap {
    'goodword-widget': GoodwordWidgetElement
    'goodword-welcome': GoodwordWelcomeElement
  }

  interface DocumentEventMap {
    /** The loader runs. */
    'goodword:ready': CustomEvent<Referral | null>
    /** The visitor was sent by somebody. */
    'goodword:referral': CustomEvent<Referral | null>
    /** The visitor agreed, or took that back. */
    'goodword:consent': CustomEvent<boolean>
    /** The page said who the referrer is. */
    'goodword:identify': CustomEvent<Identity>
    /** The edge no longer accepts the token: call `identify` with a new one. */
    'goodword:identity-needed': CustomEvent<null>
  }
}
