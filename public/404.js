/*
 * Mail gateways escape the # of a link, and the host then looks for a file of that name. What was behind
 * the # goes back there. Nothing here makes markup or runs text; the way on never leaves this origin.
 */
;(() => {
  const { origin, pathname, search } = location
  const found = /^(.*?\/)(?:%23|%2523)(.+)$/i.exec(pathname + search)
  // A path that begins with two slashes would name another host.
  const folder = found?.[1].replace(/^\/+/, '/')
  if (found) location.replace(`${origin}${folder}#${found[2]}${location.hash}`)
})()
