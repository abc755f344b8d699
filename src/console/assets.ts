/** The stylesheet, the script and the icon: small fixed files whose addresses change when they do. */
import { hash } from 'node:crypto'
import { drawingStyle } from './draw/look.ts'
import { icon, script, style } from './look.ts'

export interface Asset {
  readonly path: string
  readonly type: string
  readonly text: string
}

const stylesheet: Asset = {
  path: '/console/style.css',
  type: 'text/css; charset=utf-8',
  text: style + drawingStyle,
}
const code: Asset = { path: '/console/console.js', type: 'text/javascript; charset=utf-8', text: script }
const picture: Asset = { path: '/console/icon.svg', type: 'image/svg+xml', text: icon }

export const assets: readonly Asset[] = [stylesheet, code, picture, { ...picture, path: '/favicon.ico' }]

export const assetAddresses = {
  style: versioned(stylesheet),
  script: versioned(code),
  icon: versioned(picture),
} as const

function versioned({ path, text }: Asset): string {
  return `${path}?v=${hash('sha256', text).slice(0, 12)}`
}
