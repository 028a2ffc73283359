"""How the graph fills itself: sweep, neighbour crawl, device identification, topology, importers."""
