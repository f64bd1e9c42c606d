'use client'
// Goodword for React 18 and newer: a provider that loads it, its two elements as components, and
// hooks. Rendered on a server, the elements are empty tags that come to life in the browser.

import { createContext, createElement, forwardRef, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { goodword, load, watchReferral } from './index.js'

const Status = /* @__PURE__ */ createContext('waiting')

/** Loads Goodword with the options of `load`. The first provider of a page decides. */
export const GoodwordProvider = ({ children, identity, ...options }) => {
  const [status, setStatus] = useState('waiting')
  useEffect(() => {
    let gone = false
    load(options).then((loaded) => { if (!gone) setStatus(loaded ? 'ready' : 'failed') })
    return () => { gone = true }
    // Once: the loader reads its options when it starts and never again.
  }, [])
  const told = useRef()
  useEffect(() => {
    if (identity !== told.current) goodword('identify', identity ? { token: identity } : {})
    told.current = identity
  }, [identity])
  return createElement(Status.Provider, { value: status }, children)
}

/** A custom element as a component: the same tag in every version of React. */
const component = (tag, name) => {
  const Component = forwardRef(({ className, ...attributes }, ref) =>
    // React 18 would write `classname`.
    createElement(tag, { ...attributes, class: className, ref }))
  Component.displayName = name
  return Component
}

export const GoodwordWidget = /* @__PURE__ */ component('goodword-widget', 'GoodwordWidget')
export const GoodwordWelcome = /* @__PURE__ */ component('goodword-welcome', 'GoodwordWelcome')

// ---- The referral, shared by all components that ask for it

let referral = null
let stop
const listeners = /* @__PURE__ */ new Set()

const subscribe = (listener) => {
  listeners.add(listener)
  stop ??= watchReferral((now) => {
    // An answer with the same facts is another object; React would render for it.
    if (now?.code === referral?.code && now?.click_id === referral?.click_id) return
    referral = now
    listeners.forEach((tell) => tell())
  })
  return () => {
    listeners.delete(listener)
    if (listeners.size) return
    stop()
    stop = undefined
  }
}

/** Who sent this visitor: `{ code, click_id }`, or null; null on a server. */
export const useReferral = () => useSyncExternalStore(subscribe, () => referral, () => null)

/** `{ status, goodword }`: 'waiting', 'ready' or 'failed', and the function to call. */
export const useGoodword = () => {
  const status = useContext(Status)
  return useMemo(() => ({ status, goodword }), [status])
}
