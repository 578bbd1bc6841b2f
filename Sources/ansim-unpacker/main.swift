import Unpacking

// The process that takes hostile archives apart, and links what that needs, but no codec.
serveArchives()
