"""One file a theme of the demo beyond tickets and calls: surveys, help centre, money, reviews …"""
