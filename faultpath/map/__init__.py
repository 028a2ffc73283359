"""The impact map: which CIs are drawn, grouped how, at which places. The console only draws."""
